/* says: linear_predict */
